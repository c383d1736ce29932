WITH listed AS (
    SELECT counted_as, count(*) AS items FROM parties GROUP BY counted_as
)
SELECT 'definitions' AS resource, fact AS key, 'value' AS field, value AS stated, coalesce(items, 0) AS listed
FROM definitions LEFT JOIN listed ON counted_as = fact
WHERE value <> coalesce(items, 0)
ORDER BY fact
