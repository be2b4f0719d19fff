package world

import "fmt"

// Version is a release of SQL Server: which columns, functions and backups an
// instance knows.
type Version struct {
	Major         int
	Product       string // SERVERPROPERTY('ProductVersion')
	Level         string
	Name          string // as @@VERSION spells it
	Build         int
	Internal      int // version of the databases it creates
	Compatibility int
}

// The releases that are met in the field.
var (
	SQL2008R2 = Version{10, "10.50.6000.34", "SP3", "SQL Server 2008 R2 (SP3)", 6000, 661, 100}
	SQL2012   = Version{11, "11.0.7001.0", "SP4", "SQL Server 2012 (SP4)", 7001, 706, 110}
	SQL2014   = Version{12, "12.0.6024.0", "SP3", "SQL Server 2014 (SP3)", 6024, 782, 120}
	SQL2016   = Version{13, "13.0.5026.0", "SP2", "SQL Server 2016 (SP2)", 5026, 852, 130}
)

const edition = "Standard Edition (64-bit)"

// banner is @@VERSION.
func (v Version) banner() string {
	return fmt.Sprintf("Microsoft %s - %s (X64) \n\tLab of pchatops, simulated \n\t%s on Windows NT 6.3 <X64>\n", v.Name, v.Product, edition)
}
