module muster.dev/test/link

go 1.26
