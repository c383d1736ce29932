SELECT CAST(item AS VARCHAR) AS item, price FROM t ORDER BY item
