SELECT 'adoptions' AS resource, a.fact AS key, 'region' AS field, a.region AS given, r.level
FROM adoptions AS a JOIN "administrative-divisions"."regions" AS r ON r.code = a.region
WHERE r.level <> 'province'
ORDER BY a.fact
