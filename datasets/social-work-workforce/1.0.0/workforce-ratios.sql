WITH counts AS (
    SELECT
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'B05') AS holders,
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'B06') AS posts,
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'B07') AS organisations
    FROM workforce
)
SELECT
    CAST(holders AS BIGINT) AS holders,
    CAST(posts AS BIGINT) AS posts,
    CAST(organisations AS BIGINT) AS organisations,
    round(holders / posts, 1) AS holders_per_post,
    round(posts / organisations, 1) AS posts_per_organisation
FROM counts
