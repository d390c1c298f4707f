/// The page of a finished run as one HTML file.
///
/// - Parameter library: draws the charts; plain SVG without.
/// - Throws: `InputError` if the folder or its recording cannot be read.
public func pageHTML(folder: String, answers: PageAnswers = PageAnswers(), library: ChartLibrary? = nil)
    throws
    -> String
{
    try RunPage(folder: folder, answers: answers, library: library).html
}
