SELECT 'figures' AS resource, f.fact AS key, 'region' AS field, f.region AS given, p.region AS expected
FROM figures AS f JOIN programmes AS p ON p.id = f.programme
WHERE f.region <> p.region
ORDER BY f.fact
