WITH listed AS (
    SELECT prefecture_code, count(*) AS units
    FROM "administrative-divisions"."counties"
    WHERE NOT grouping
    GROUP BY prefecture_code
)
SELECT 'scope' AS resource, fact AS key, 'value' AS field, value AS stated, coalesce(units, 0) AS listed
FROM scope LEFT JOIN listed ON prefecture_code = region
WHERE fact = 'A02' AND value <> coalesce(units, 0)
