-- Makes the schema. No parameters. Asks for the right to make one even where somebody else has just made it.
create schema if not exists ${schema}
