"""All the SQL: engines, units of work, and one file of statements for each noun."""
