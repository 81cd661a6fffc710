package value

import (
	"testing"
	"time"
)

func TestDayBeginsAtItsFirstInstant(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{
		"UTC", "Europe/Warsaw", "America/New_York", "America/Havana", "Asia/Beirut", "America/Santiago", "Australia/Lord_Howe",
		"Asia/Kathmandu", "Africa/Cairo", "America/Asuncion", "Atlantic/Azores", "Asia/Tehran",
	} {
		z, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for d := Date("2010-01-01"); d < "2027-01-01"; d = d.AddDays(1) {
			at := StartOfDay(d, z)
			if got := DateOf(at, z); got != d {
				t.Fatalf("%s in %s begins at %s, which is on %s", d, zone, at, got)
			}
			for _, before := range []time.Duration{time.Millisecond, 30 * time.Minute, time.Hour, 2 * time.Hour} {
				if got := DateOf(at.Add(-before), z); got >= d {
					t.Fatalf("%s in %s begins at %s, but %s earlier it is %s", d, zone, at, before, got)
				}
			}
		}
	}
}

func TestDecimalsAddUpExactly(t *testing.T) {
	t.Parallel()
	sum := Decimal("0")
	for range 1000 {
		sum = sum.Add("0.1")
	}
	for _, c := range []struct{ got, want Decimal }{
		{sum, "100"}, {Decimal("0.3").Sub("0.1"), "0.2"}, {Decimal("5").Sub("5.000001"), "-0.000001"}, {Decimal("").Add("7"), "7"},
		{Decimal("999999999999999").Add("1"), "1000000000000000"}, {Decimal("33.33").Times(50).Percent(), "16.665"},
		{Decimal("0.0001").Percent(), "0.000001"}, {Decimal("12").Times(0), "0"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
	if got := Decimal("1234.5").Fixed(2); got != "1234.50" {
		t.Error(got)
	}
}
