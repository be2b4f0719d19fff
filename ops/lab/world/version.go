package world

import (
	"cmp"
	"fmt"
)

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

// editions are those that mirroring runs on, with their SERVERPROPERTY('EngineEdition').
var editions = map[string]int{"Standard": 2, "Enterprise": 3}

// SetEdition has a server be of another edition.
func (w *World) SetEdition(instance, edition string) error {
	if editions[edition] == 0 {
		return fmt.Errorf("edition=%q: Standard or Enterprise", edition)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.Instance(instance)
	if i == nil {
		return fmt.Errorf("no instance %q", instance)
	}
	i.edition = edition
	return nil
}

// editionName is SERVERPROPERTY('Edition').
func (i *Instance) editionName() string { return cmp.Or(i.edition, "Standard") + " Edition (64-bit)" }

// banner is @@VERSION.
func (i *Instance) banner() string {
	return fmt.Sprintf("Microsoft %s - %s (X64) \n\tLab of pchatops, simulated \n\t%s on Windows NT 6.3 <X64>\n", i.version.Name, i.version.Product, i.editionName())
}
