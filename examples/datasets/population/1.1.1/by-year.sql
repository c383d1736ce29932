SELECT year, CAST(sum(residents) AS BIGINT) AS residents
FROM population
GROUP BY year
ORDER BY year DESC
