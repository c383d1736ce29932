SELECT month, CASE kind WHEN 'roadside' THEN 'Roadside' ELSE 'Away from roads' END AS kind, round(avg(mean), 2) AS mean
FROM measurements
JOIN sites ON site = code
WHERE pollutant = 'no2' AND mean IS NOT NULL
GROUP BY ALL
ORDER BY month, kind
