package status

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestToolsOfPeopleAreNoChat(t *testing.T) {
	for _, program := range []string{
		"Microsoft SQL Server Management Studio", "Microsoft SQL Server Management Studio - Query", "SQLCMD", "sqlcmd", "OSQL-32", "azdata-Query",
		"vscode-mssql", "dbatools PowerShell module - dbatools.io", "SQLAgent - TSQL JobStep (Job 0x1 : Step 1)", "pchatops   ", "DatabaseMail - SQLAGENT90",
		"SQL Server Profiler - 1f", "DBeaver 21.0 - Main",
	} {
		require.False(t, Client(program, false), program)
	}
	for _, program := range []string{"Persistent Chat", ".Net SqlClient Data Provider", "", "MgcService", "RTCCHAT"} {
		require.True(t, Client(program, false), program)
		require.False(t, Client(program, true), "%s under the console's login", program)
	}
}
