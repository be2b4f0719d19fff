//go:build record

package mssql

import "pchatops/ops/truth"

func init() { sent = truth.Record }
