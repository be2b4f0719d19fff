SELECT N'queues' AS part, counter_name, cntr_value
FROM sys.dm_os_performance_counters
WHERE object_name LIKE N'%Database Mirroring%' AND instance_name = @database
    AND counter_name IN (N'Log Send Queue KB', N'Redo Queue KB')
