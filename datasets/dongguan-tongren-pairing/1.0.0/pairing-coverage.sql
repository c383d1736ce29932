WITH listed AS (
    SELECT 'A01' AS fact, 'dongguan' AS side, count(*) AS total
    FROM "administrative-divisions"."townships"
    WHERE prefecture_code = (SELECT region FROM scope WHERE fact = 'A01') AND kind <> 'other'
    UNION ALL
    SELECT 'A02', 'tongren', count(*)
    FROM "administrative-divisions"."counties"
    WHERE prefecture_code = (SELECT region FROM scope WHERE fact = 'A02') AND NOT grouping
)
SELECT
    side,
    CAST(value AS BIGINT) AS taking_part,
    total,
    round(100 * CAST(value AS DOUBLE) / total, 1) AS share
FROM listed JOIN scope USING (fact)
ORDER BY fact
