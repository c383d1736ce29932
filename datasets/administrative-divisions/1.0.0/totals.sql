SELECT
    (SELECT count(*) FROM provinces) AS provinces,
    (SELECT count(*) FROM prefectures) AS prefectures,
    (SELECT count(*) FROM prefectures WHERE grouping) AS prefecture_groupings,
    (SELECT count(*) FROM counties) AS counties,
    (SELECT count(*) FROM counties WHERE grouping) AS county_groupings,
    count(*) AS townships,
    count(*) FILTER (WHERE kind <> 'other') AS proper
FROM townships
