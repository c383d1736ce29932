WITH station AS (
    SELECT CAST(value AS DOUBLE) AS built FROM stations WHERE fact = 'B12'
),
denominator AS (
    SELECT 1 AS position, 'proper' AS basis, '乡、镇和街道' AS label,
        'Townships, towns and subdistricts' AS label_en,
        count(*) FILTER (WHERE kind <> 'other') AS divisions
    FROM "administrative-divisions"."townships"
    UNION ALL
    SELECT 2, 'all', '全部乡级单位', 'All township-level units', count(*)
    FROM "administrative-divisions"."townships"
)
SELECT
    basis, label, label_en,
    CAST(built AS BIGINT) AS stations,
    divisions,
    -- a floor over an exact count is a floor: round down
    floor(1000 * built / divisions) / 10 AS per_hundred
FROM denominator CROSS JOIN station
ORDER BY position
