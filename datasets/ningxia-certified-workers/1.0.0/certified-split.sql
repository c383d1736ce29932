WITH counts AS (
    SELECT
        max(CAST(value AS BIGINT)) FILTER (WHERE fact = 'C01') AS holders,
        max(CAST(value AS BIGINT)) FILTER (WHERE fact = 'C02') AS community
    FROM certified
)
SELECT 'community' AS part, '城市社区专职工作者' AS label, 'Full-time urban community workers' AS label_en, community AS holders
FROM counts
UNION ALL
SELECT 'others', '其他持证人员', 'Other certificate holders', holders - community
FROM counts
ORDER BY part
