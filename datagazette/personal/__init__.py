"""Personal data in texts: recognised in columns of tables and in running text, and never repeated.

A number alone proves nothing. How it is written, the share of a column that has the form, the words of the column's
name and the columns beside it decide together. `columns` judges tables, `texts` sentences, `forms` single values.
"""
