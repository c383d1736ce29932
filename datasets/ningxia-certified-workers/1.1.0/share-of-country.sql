WITH counts AS (
    SELECT
        (SELECT CAST(value AS DOUBLE) FROM certified WHERE fact = 'C01') AS ningxia,
        (SELECT CAST(value AS DOUBLE) FROM "social-work-workforce"."workforce" WHERE fact = 'B05') AS country
)
SELECT
    CAST(ningxia AS BIGINT) AS ningxia,
    CAST(country AS BIGINT) AS country,
    -- over a floor the quotient is a ceiling: round up
    ceil(10000 * ningxia / country) / 100 AS share
FROM counts
