SELECT ward, name, residents, CAST(round(residents / area) AS BIGINT) AS density
FROM population
JOIN "wards"."wards" ON ward = code
WHERE year = (SELECT max(year) FROM population)
ORDER BY ward
