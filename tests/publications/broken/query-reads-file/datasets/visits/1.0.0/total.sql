SELECT sum(visits) AS visits
FROM read_csv('/etc/passwd')
