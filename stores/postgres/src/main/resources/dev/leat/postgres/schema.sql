-- Whether the schema is there. No parameters.
select to_regnamespace('${schema}') is not null
