package mssql

import "pchatops/ops/status"

// takeWitness takes the pair that a witness watches.
func takeWitness(in *reading, r record) {
	in.facts.Witness = &status.Witness{
		Principal: r.text("principal_server_name"), Mirror: r.text("mirror_server_name"), Connections: int(r.int("connections", 0)),
	}
}
