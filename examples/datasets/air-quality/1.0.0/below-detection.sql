SELECT count(mean) AS means, count(*) FILTER (WHERE bound = 'less_than') AS below
FROM measurements
WHERE pollutant = 'so2'
