WITH listed AS (
    SELECT counted_as, count(*) AS items FROM "training-levels" GROUP BY counted_as
)
SELECT 'pay-and-training' AS resource, fact AS key, 'value' AS field, value AS stated, coalesce(items, 0) AS listed
FROM "pay-and-training" LEFT JOIN listed ON counted_as = fact
WHERE unit = 'levels' AND value <> coalesce(items, 0)
ORDER BY fact
