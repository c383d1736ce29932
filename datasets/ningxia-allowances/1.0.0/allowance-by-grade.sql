SELECT
    grade,
    measure AS label,
    measure_en AS label_en,
    CAST(value AS BIGINT) AS monthly,
    -- twelve months in a year
    CAST(12 * value AS BIGINT) AS yearly,
    round(CAST(value AS DOUBLE) / min(CAST(value AS DOUBLE)) OVER (), 1) AS ratio
FROM allowances
ORDER BY rank DESC
