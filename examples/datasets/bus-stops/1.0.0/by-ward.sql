SELECT wards.code AS ward, wards.name, count(stops.code) AS stops
FROM "wards"."wards" AS wards
LEFT JOIN stops ON stops.ward = wards.code
GROUP BY wards.code, wards.name
ORDER BY wards.code
