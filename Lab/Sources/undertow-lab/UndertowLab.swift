import LabServer
@main struct UndertowLab { static func main() { print("lab") } }
