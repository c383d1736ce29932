SELECT first.code, second.code AS other
FROM stops AS first
JOIN stops AS second USING (latitude, longitude)
WHERE first.code < second.code
ORDER BY first.code, second.code
