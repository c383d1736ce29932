SELECT day, hour, buses FROM t ORDER BY day
