SELECT site, pollutant, count(*) AS months
FROM measurements
GROUP BY site, pollutant
HAVING count(*) <> 12
ORDER BY site, pollutant
