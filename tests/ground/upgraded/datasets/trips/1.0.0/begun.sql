SELECT * FROM t WHERE strptime(day, '%m/%d/%Y') < '2000-01-01' OR length(hour) > 5
