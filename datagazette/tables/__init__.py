"""Reading and typing tables: the database, SQL, dialects, schemas, and each type of field."""
