SELECT item, CAST(price AS VARCHAR) AS price, large FROM t ORDER BY item
