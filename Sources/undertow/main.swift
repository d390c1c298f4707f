import Commands

Undertow.main()
