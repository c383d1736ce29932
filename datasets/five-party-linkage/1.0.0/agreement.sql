WITH lists AS (
    SELECT party, count(DISTINCT counted_as) AS times FROM parties GROUP BY party
)
SELECT
    count(*) FILTER (WHERE times > 1) AS shared,
    count(*) AS named
FROM lists
