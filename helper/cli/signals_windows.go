package cli

func catchSignals() (stop func()) { return func() {} }
