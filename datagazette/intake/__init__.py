"""Tables as people have them (CSVs of any dialect, workbooks, Data Packages), taken in and described."""
