SELECT t.text, CAST(strptime(trips.day, '%m/%d/%Y') AS DATE) AS day FROM t JOIN "trips"."t" AS trips USING (place) ORDER BY day
