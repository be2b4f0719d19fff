package world

import (
	"time"

	"pchatops/ops/lab/world/media"
)

// schedule is an Agent schedule, in the numbers of sp_add_schedule.
type schedule struct {
	id                      int
	uid                     media.GUID
	name                    string
	enabled                 bool
	freqType, freqInterval  int
	subdayType, subdayEvery int
	startDate, endDate      int // YYYYMMDD
	startTime, endTime      int // HHMMSS
	created                 time.Time
}

// The frequencies that the lab's Agent keeps.
const (
	daily      = 4
	subdayOnce = 1
)

// fires reports whether a minute of the server's clock is one of its times.
func (s *schedule) fires(local time.Time) bool {
	date := local.Year()*10000 + int(local.Month())*100 + local.Day()
	if !s.enabled || s.freqType != daily || date < s.startDate || date > s.endDate {
		return false
	}
	minute, first, last := local.Hour()*60+local.Minute(), minutes(s.startTime), minutes(s.endTime)
	if s.subdayType == subdayOnce {
		return minute == first
	}
	every := s.subdayEvery
	switch s.subdayType {
	case 8: // hours
		every *= 60
	case 2: // seconds: the lab looks once a minute
		every = 1
	}
	return minute >= first && minute <= last && (minute-first)%max(every, 1) == 0
}

func minutes(hhmmss int) int { return hhmmss/10000*60 + hhmmss/100%100 }

// addSchedule makes a schedule, enabled, from today on.
func (i *Instance) addSchedule(s schedule) *schedule {
	i.agent.numbers++
	s.id, s.uid, s.created = i.agent.numbers, i.w.guid(), i.w.Clock.Now()
	i.agent.schedules = append(i.agent.schedules, &s)
	return &s
}

// everyMinutes is a daily schedule of every so many minutes.
func (i *Instance) everyMinutes(name string, every, first int) *schedule {
	return i.addSchedule(schedule{
		name: name, enabled: true, freqType: daily, freqInterval: 1, subdayType: 4, subdayEvery: every,
		startDate: 20200101, endDate: 99991231, startTime: first * 100, endTime: 235900,
	})
}

// schedulesNamed are those of a name: names may repeat.
func (i *Instance) schedulesNamed(name string) []*schedule {
	var all []*schedule
	for _, s := range i.agent.schedules {
		if s.name == name {
			all = append(all, s)
		}
	}
	return all
}
