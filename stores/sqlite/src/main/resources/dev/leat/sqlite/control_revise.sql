insert or replace into control_space(space, revision) values (:space, :version)
