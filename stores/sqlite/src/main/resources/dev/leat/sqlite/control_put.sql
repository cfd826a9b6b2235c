insert or replace into control(space, name, version, value) values (:space, :name, :version, :value)
