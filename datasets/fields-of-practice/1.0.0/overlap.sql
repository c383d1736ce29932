WITH named AS (
    SELECT field, count(DISTINCT list) AS lists FROM fields GROUP BY field
)
SELECT count(*) AS named, count(*) FILTER (WHERE lists > 1) AS in_both
FROM named
