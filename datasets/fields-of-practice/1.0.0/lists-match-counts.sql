WITH listed AS (
    SELECT counted_as, count(*) AS items FROM fields GROUP BY counted_as
)
SELECT 'counts' AS resource, fact AS key, 'value' AS field, value AS stated, coalesce(items, 0) AS listed
FROM counts LEFT JOIN listed ON counted_as = fact
WHERE value <> coalesce(items, 0)
ORDER BY fact
