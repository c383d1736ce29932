WITH counts AS (
    SELECT
        max(region) FILTER (WHERE fact = 'B23') AS region,
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'B23') AS townships,
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'B25') AS volunteers,
        max(CAST(value AS DOUBLE)) FILTER (WHERE fact = 'B26') AS beneficiaries
    FROM figures
),
province AS (
    SELECT province_code, count(*) AS divisions
    FROM "administrative-divisions"."townships"
    WHERE kind <> 'other'
    GROUP BY province_code
)
SELECT
    CAST(townships AS BIGINT) AS townships,
    CAST(beneficiaries AS BIGINT) AS beneficiaries,
    -- over a floor the quotient is a ceiling: round up
    CAST(ceil(beneficiaries / townships) AS BIGINT) AS beneficiaries_per_township,
    CAST(round(volunteers / townships) AS BIGINT) AS volunteers_per_township,
    -- a floor over an exact count is a floor: round down
    floor(1000 * townships / divisions) / 10 AS share_of_province
FROM counts JOIN province ON province_code = region
