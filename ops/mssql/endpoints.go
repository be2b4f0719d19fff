package mssql

import (
	"context"

	"pchatops/ops/procedures"
)

// endpointsText lists what listens on a port of its own: the endpoint of database
// mirroring is reused by whoever mirrors next, whatever its name and port.
const endpointsText = `SELECT e.name, e.type_desc, e.state_desc, e.port, m.role_desc
FROM sys.tcp_endpoints AS e LEFT JOIN sys.database_mirroring_endpoints AS m ON m.endpoint_id = e.endpoint_id
WHERE e.port > 0 AND e.is_dynamic_port = 0`

// Endpoints lists them.
func (s *Server) Endpoints(ctx context.Context) ([]procedures.Endpoint, error) {
	rows, err := s.read(ctx, "read the endpoints", endpointsText)
	var out []procedures.Endpoint
	for _, r := range rows {
		out = append(out, procedures.Endpoint{
			Name: r.text("name"), Type: r.text("type_desc"), State: r.text("state_desc"), Port: int(r.int("port", 0)), Role: r.text("role_desc"),
		})
	}
	return out, err
}
