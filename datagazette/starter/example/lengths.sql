SELECT days, count(*) AS months
FROM months
GROUP BY days
ORDER BY days DESC
