SELECT CAST(strptime(day, '%m/%d/%Y') AS DATE) AS day, people FROM t ORDER BY day
