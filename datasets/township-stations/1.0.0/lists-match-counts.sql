WITH listed AS (
    SELECT counted_as, count(*) AS items FROM standards GROUP BY counted_as
    UNION ALL
    SELECT counted_as, count(*) FROM tiers GROUP BY counted_as
)
SELECT 'stations' AS resource, fact AS key, 'value' AS field, value AS stated, coalesce(items, 0) AS listed
FROM stations LEFT JOIN listed ON counted_as = fact
WHERE unit IN ('standards', 'tiers') AND value <> coalesce(items, 0)
ORDER BY fact
