SELECT 'prefectures' AS resource, code AS key, 'province_code' AS field, province_code AS given
FROM prefectures WHERE NOT starts_with(code, province_code)
UNION ALL
SELECT 'counties', code, 'prefecture_code', prefecture_code
FROM counties WHERE NOT (starts_with(code, prefecture_code) AND starts_with(prefecture_code, province_code))
UNION ALL
SELECT 'townships', code, 'county_code', county_code
FROM townships
WHERE NOT (starts_with(code, county_code) AND starts_with(county_code, prefecture_code) AND starts_with(prefecture_code, province_code))
ORDER BY resource, key
